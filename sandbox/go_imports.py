"""Which standard packages a fragment uses without importing them. A fixed table; third parties are never guessed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from sandbox.go_text import blanked

_PLAIN = (
    "bufio bytes cmp context errors expvar flag fmt hash html io iter log maps math mime net os path plugin"
    " reflect regexp runtime slices sort strconv strings structs sync syscall testing time unicode unique unsafe weak"
)
_NESTED = (
    "archive/tar archive/zip compress/bzip2 compress/flate compress/gzip compress/lzw compress/zlib container/heap"
    " container/list container/ring crypto/aes crypto/cipher crypto/des crypto/ecdh crypto/ecdsa crypto/ed25519"
    " crypto/elliptic crypto/hkdf crypto/hmac crypto/md5 crypto/pbkdf2 crypto/rc4 crypto/rsa crypto/sha1 crypto/sha256"
    " crypto/sha3 crypto/sha512 crypto/subtle crypto/tls crypto/x509 crypto/x509/pkix database/sql"
    " encoding/ascii85 encoding/asn1 encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob"
    " encoding/hex encoding/json encoding/pem encoding/xml go/ast go/build go/constant go/doc go/format go/importer"
    " go/parser go/printer go/token go/types hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash image/color"
    " image/draw image/gif image/jpeg image/png index/suffixarray io/fs io/ioutil log/slog log/syslog math/big"
    " math/bits math/cmplx mime/multipart mime/quotedprintable net/http net/http/cookiejar net/http/httptest"
    " net/http/httptrace net/http/httputil net/mail net/netip net/rpc net/smtp net/textproto net/url os/exec"
    " os/signal os/user path/filepath runtime/debug runtime/metrics runtime/pprof runtime/trace sync/atomic"
    " testing/fstest testing/iotest testing/quick testing/synctest text/scanner text/tabwriter unicode/utf16"
    " unicode/utf8"
)
_TABLE = {path.rsplit("/", 1)[-1]: path for path in (_PLAIN + " image " + _NESTED).split()}
STANDARD_ROOTS = frozenset(
    {*_PLAIN.split(), *(path.split("/")[0] for path in _NESTED.split()), "0rec", "main"}
) | {"cmd", "embed", "image", "index", "internal", "iter", "vendor", "debug", "regexp", "C"}
_NEW_RAND = {"N", "IntN", "Int64N", "Int32N", "UintN", "Uint64N", "NewPCG", "NewChaCha8"}
_SECRET_RAND = {"Reader", "Read", "Prime", "Text"}
_OLD_RAND = {"Intn", "Int63", "Int31n", "Seed", "NewSource", "Float64", "Perm", "Shuffle"}
_HTML = {"HTML", "HTMLAttr", "HTMLEscapeString", "JS", "JSStr", "CSS", "URL"}
_DECLARATION = re.compile(r"^(?:func|type|var|const)\b", re.MULTILINE)
_SELECTOR = re.compile(r"(?<![\w.)\]])([a-z]\w*)\.([A-Z]\w*)")
_SPEC = re.compile(
    r'^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([^"\n]+)"[ \t]*(?://[^\n]*)?;?[ \t]*$',
    re.MULTILINE,
)


def import_lines(text: str) -> list[str]:
    """Gives the paths that the text's import lines name."""
    return [path for _, path in named_imports(text)]


def named_imports(text: str) -> list[tuple[str, str]]:
    """Gives the name (empty where none is given) and the path of each import line."""
    return [(match.group(1) or "", match.group(2)) for match in _SPEC.finditer(_head(text))]


def import_places(text: str) -> Iterator[tuple[str, int]]:
    """Gives each imported path with its line, counted from 1."""
    line, at = 1, 0
    for match in _SPEC.finditer(_head(text)):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield match.group(2), line


def _head(text: str) -> str:
    """Gives the text before the first declaration, where imports stand."""
    declaration = _DECLARATION.search(blanked(text))
    return text[: declaration.start()] if declaration else text


def missing_imports(text: str) -> list[str]:
    """Gives the standard packages that are used by name and neither imported nor declared."""
    code = blanked(text)
    names: dict[str, set[str]] = {}
    for match in _SELECTOR.finditer(code):
        names.setdefault(match.group(1), set()).add(match.group(2))
    imported = {
        match.group(1) or match.group(2).rsplit("/", 1)[-1] for match in _SPEC.finditer(text)
    }
    missing = []
    for name, used in sorted(names.items()):
        path = _path_of(name, used, names)
        if path and name not in imported and not _declared(name, code):
            missing.append(path)
    return missing


def _path_of(name: str, used: set[str], others: Container[str]) -> str | None:
    if name == "rand":
        if used & _SECRET_RAND and not used & (_OLD_RAND | _NEW_RAND):
            return "crypto/rand"
        return "math/rand/v2" if used & _NEW_RAND else "math/rand"
    if name == "template":
        return "html/template" if used & _HTML or "http" in others else "text/template"
    return _TABLE.get(name)


def _declared(name: str, code: str) -> bool:
    """Tells whether a variable or parameter has the package's name somewhere."""
    pattern = rf"(?<![\w.]){name}\b[ \t]*(?:,[^\n(){{}}]*)?(?::=|[ \t](?:\*|\[\]|map\[)?[A-Za-z]\w*[ ,)=])"
    return bool(re.search(pattern, code))
