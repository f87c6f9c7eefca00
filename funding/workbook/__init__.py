"""The workbook of a return: written for a person, read back with care, and returned marked up.

Reading is pure: neither models nor the clock. `read.read(path, name=..., report=...)` gives a `book.Book`
or raises `book.RefusedWorkbook`, whose text is a sentence for the person; `cells` makes figures of its
cells.

    read     the caller's side: starts the child, takes what it sends, stops it
    child    the other process: holds every byte of the file, under limits of memory and time
    limits   how large and how deep a file may be
    content  what kind of file it really is
    package, ooxml, opendocument, compound, biff, delimited   one format each

Writing and comparing:

    contents   reads a return into its `form`; `columns` says what each sheet asks
    template   writes the form as a workbook, with the signed id of `ticket`
    interpret  compares a book with the form: `headings`, `rows`, `values`, `prompts` -> `findings`
    markup     gives the person's own workbook back with the remarks in it
"""
