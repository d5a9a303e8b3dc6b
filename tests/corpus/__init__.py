"""Programs that show one defect each with their mended twins, a folder per clause; `clean/` holds sound ones."""
