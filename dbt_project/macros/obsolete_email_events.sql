{#
    E-mail events in whose place a later one stands, and since when that is known. What has not
    arrived replaces nothing; that somebody refused stays, unless the later event says that, too.
#}
{% macro obsolete_email_events(relation) -%}
    {%- set refusals = "('unsubscribe', 'spam_report')" -%}
    select
        replaced.record_key,
        min(greatest(replaced.known_at, follow_ons.known_at)) as known_to
    from {{ relation }} as replaced
    inner join {{ relation }} as follow_ons
        on
            replaced.obsoleted_by_ref = follow_ons.record_key
            and replaced.event_at <= follow_ons.event_at
            and replaced.record_key <> follow_ons.record_key
    where
        not follow_ons.is_deleted
        and follow_ons.merged_into_ref is null
        and (
            replaced.event_type not in {{ refusals }}
            or follow_ons.event_type in {{ refusals }}
        )
    group by replaced.record_key
{%- endmacro %}
