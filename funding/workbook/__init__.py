"""The workbook of a return: written for a person, read back with care, and returned marked up.

Reading is pure: neither models nor the clock. `read.read(path, name=..., report=...)` gives a `book.Book`
or raises `book.RefusedWorkbook`, whose text is a sentence for the person; `cells` makes figures of its
cells.

    read     the caller's side: starts the child, takes what it sends, stops it
    child    the other process: holds every byte of the file, under limits of memory and time
    limits   how large and how deep a file may be
    content  what kind of file it really is
    package, ooxml, opendocument, compound, biff, delimited   one format each
"""
