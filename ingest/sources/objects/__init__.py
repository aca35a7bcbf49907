"""Records of a CRM's own objects (HubSpot deals, Salesforce leads) in; canonical rows out.

Every format whose files hold flat objects shares this engine. A format says what becomes of an
object as a table, in the language of ``columns`` in ``sources.yml`` (``ingest.mapping``)::

    LEAD = NativeObject(
        name="Lead",
        maps=(
            ObjectMap(
                "lead",
                {
                    "lead_id": "Id",                                  # a field
                    "status": {"from": "Status", "values": {"Open": "new"}},   # with settings
                    "country_code": country("CountryCode", "Country"),         # an expression
                },
                recorded_at="SystemModstamp", is_deleted="IsDeleted", merged_into="MasterRecordId",
            ),
        ),
        refusals=(Refusal(pl.col("Field") == "Name", "field_not_kept", "…"),),
    )
    converted = convert(frame, LEAD, source, file)     # -> Converted(rows, rejected)

Amounts without a currency have the one of the option ``currency``, else the company's
(``$currency``); ``$file`` is the file's name.

``frame`` has ``$position`` (Int64) and the object's fields as text columns, blanks as null;
fields that the table knows and the frame has not are null. Any column beyond, and the members
of ``$attributes`` (a JSON object as text), go to the ``attributes`` of the first map's rows. So a
pipe that renames fields (``close_date`` for ``CloseDate``) renames them back and calls
``convert`` with the same table.

Expressions are Polars expressions over text columns. Further maps make more rows of the same
records (``rows`` turns the frame into theirs, ``where`` chooses them): changes of a deal, stages of
a pipeline, records that were merged. Each record must come out of some map, or be refused.

``read_objects`` reads files: CSV, TSV, and JSON as a list, a page or one object a line.
"""

from __future__ import annotations

from ingest.sources.objects.convert import Converted, convert
from ingest.sources.objects.native_object import NativeObject, ObjectMap, Refusal

__all__ = ["Converted", "NativeObject", "ObjectMap", "Refusal", "convert"]
