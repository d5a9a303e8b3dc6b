"""Which standard packages a fragment uses without importing them. A fixed table; third parties are never guessed."""

from __future__ import annotations

import re

from sandbox.go_text import blanked

_PLAIN = (
    "bufio bytes cmp context errors expvar flag fmt hash html io iter log maps math mime net os path plugin"
    " reflect regexp runtime slices sort strconv strings structs sync syscall testing time unicode unique unsafe weak"
)
_NESTED = (
    "archive/tar archive/zip compress/gzip compress/zlib container/heap container/list container/ring crypto/aes"
    " crypto/cipher crypto/ecdsa crypto/ed25519 crypto/hmac crypto/md5 crypto/rsa crypto/sha1 crypto/sha256"
    " crypto/sha512 crypto/subtle crypto/tls crypto/x509 database/sql encoding/base32 encoding/base64"
    " encoding/binary encoding/csv encoding/gob encoding/hex encoding/json encoding/pem encoding/xml go/ast"
    " go/format go/parser go/token hash/crc32 hash/fnv hash/maphash io/fs io/ioutil log/slog math/big math/bits"
    " math/cmplx mime/multipart net/http net/http/httptest net/mail net/netip net/smtp net/url os/exec os/signal"
    " os/user path/filepath runtime/debug runtime/pprof sync/atomic sync/errgroup testing/quick testing/synctest"
    " text/tabwriter text/template unicode/utf16 unicode/utf8"
)
_NOT_STD = {"sync/errgroup"}
_TABLE = {
    path.rsplit("/", 1)[-1]: path
    for path in (_PLAIN + " " + _NESTED).split()
    if path not in _NOT_STD
}
STANDARD_ROOTS = frozenset(
    {*_PLAIN.split(), *(path.split("/")[0] for path in _NESTED.split()), "0rec", "main"}
) | {"cmd", "embed", "image", "index", "internal", "iter", "vendor", "debug", "regexp", "C"}
_NEW_RAND = {"N", "IntN", "Int64N", "Int32N", "UintN", "Uint64N", "NewPCG", "NewChaCha8"}
_SELECTOR = re.compile(r"(?<![\w.)\]])([a-z]\w*)\.([A-Z]\w*)")
_SPEC = re.compile(
    r'^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([^"\n]+)"[ \t]*(?://[^\n]*)?;?[ \t]*$',
    re.MULTILINE,
)


def import_lines(text: str) -> list[str]:
    """Gives the paths that the text's import lines name."""
    return [match.group(2) for match in _SPEC.finditer(text)]


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
        path = _path_of(name, used)
        if path and name not in imported and not _declared(name, code):
            missing.append(path)
    return missing


def _path_of(name: str, used: set[str]) -> str | None:
    if name == "rand":
        return "math/rand/v2" if used & _NEW_RAND else "math/rand"
    return _TABLE.get(name)


def _declared(name: str, code: str) -> bool:
    """Tells whether a variable or parameter has the package's name somewhere."""
    pattern = rf"(?<![\w.]){name}\b[ \t]*(?:,[^\n(){{}}]*)?(?::=|[ \t](?:\*|\[\]|map\[)?[A-Za-z]\w*[ ,)=])"
    return bool(re.search(pattern, code))
