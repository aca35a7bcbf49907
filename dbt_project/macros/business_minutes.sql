{#
    Minutes between two UTC timestamps that a schedule was open, as the difference of two running
    totals: two equality joins, however long the time between is.

    `join_business_minutes` finds the running totals of both days; `business_minutes` is the
    value, as it goes into the select list. Several pairs in one query need names of their own
    (`name`). Null where the schedule is unknown, where a time is missing or outside of the
    calendar, and where `until` lies before `since`. Minutes of several stretches are summed as
    `business_seconds`: decimals, whose sum does not depend on the order of the rows.
#}
{% macro join_business_minutes(since, until, schedule, name='business') -%}
    left join {{ ref('int_business_days') }} as {{ name }}_since
        on
            {{ schedule }} = {{ name }}_since.schedule_key
            and cast({{ since }} as date) = {{ name }}_since.utc_day
    left join {{ ref('int_business_days') }} as {{ name }}_until
        on
            {{ schedule }} = {{ name }}_until.schedule_key
            and cast({{ until }} as date) = {{ name }}_until.utc_day
{%- endmacro %}

{% macro business_minutes(since, until, name='business') -%}
    {{ business_seconds(since, until, name) }} / 60
{%- endmacro %}

{% macro business_seconds(since, until, name='business') -%}
    cast(case
        when {{ until }} >= {{ since }}
            then
                {{ open_seconds_until(until, name ~ '_until') }}
                - {{ open_seconds_until(since, name ~ '_since') }}
    end as decimal(18, 6))
{%- endmacro %}

{% macro calendar_seconds(since, until) -%}
    cast(epoch({{ until }} - {{ since }}) as decimal(18, 6))
{%- endmacro %}

{# Seconds the schedule was open from the first day of the calendar until `moment`. #}
{% macro open_seconds_until(moment, day) -%}
    (
        {{ day }}.open_seconds_before
        + coalesce(list_sum(list_transform(
            {{ day }}.openings,
            lambda opening: greatest(
                least(epoch({{ moment }}), opening.closed_s) - opening.opened_s, 0
            )
        )), 0)
    )
{%- endmacro %}
