"""Tables over the cache: declared in a few lines, read beside the window, sorted, filtered and paged over SQLite.

How a page with a table is declared (one line in `ui/pages.py` calls this):

    OPERATORS = Table(
        kind="operators",
        one="operator",
        columns=(name("Operator"), value("license", "Licence"), provider()),
        chips=(Chip("unsent", "Unsent", pending=True),),
        picks=(Pick("status", "Status"),),
    )
    detail = RecordDetail("Select an operator to look at it.", [("Licence", lambda row: row.values.get("license", ""))])
    page = TablePanel(window, OPERATORS, detail)

`TablePanel` is a whole page by itself; several become one page with `Tabs(window, "Machines", {"Machines": maker, …})`.
The detail is told the current row (or None) with `show_row`, again whenever its values change. What a row shows beyond
its own values is added beside the window by `Table.enrich`. `panel.look_up(id)` selects a record, `panel.row` is the
current one, `panel.chosen(done)` hands over all selected ones, `panel.own(parent)` shows what belongs to one record.
"""
