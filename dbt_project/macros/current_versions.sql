{#
    Records as they are now: the last version of each record_key that is neither deleted nor
    merged away. "Last" is by what the source says, never by when it arrived here.
#}
{% macro current_versions(relation) -%}
    select *
    from (
        select *
        from {{ relation }}
        qualify {{ is_last_version() }}
    ) as last_versions
    where not is_deleted and merged_into_ref is null
{%- endmacro %}

{#
    The same for entities that hardly ever have a second version. Sorting ten million messages
    to find a handful of corrections would take minutes; only repeated keys are sorted.
#}
{% macro current_versions_of_events(relation) -%}
    {{ only_versions(relation, 'single.*') }}
    union all
    select *
    from (
        select several.*
        from {{ relation }} as several
        inner join ({{ repeated_keys(relation) }}) as repeated
            on several.record_key = repeated.record_key
        qualify {{ is_last_version('several.') }}
    ) as last_versions
    where not is_deleted and merged_into_ref is null
{%- endmacro %}

{#
    The same for events that their source revises. Their versions come again with a later date when
    anything else of their record changes: held_since is the date from which on the source has been
    saying what is current now, null where it gives none.
#}
{% macro current_versions_of_revised_events(relation) -%}
    {{ only_versions(relation, 'single.*, single.recorded_at as held_since') }}
    union all
    select * exclude (is_change, change_number)
    from (
        select
            *,
            min(recorded_at) over (partition by record_key, change_number) as held_since
        from (
            select
                *,
                count(*) filter (where is_change) over (
                    partition by record_key
                    order by recorded_at nulls first, file, position, record_hash
                ) as change_number
            from (
                select
                    several.*,
                    coalesce(several.record_hash <> lag(several.record_hash) over (
                        partition by several.record_key
                        order by
                            several.recorded_at nulls first,
                            several.file,
                            several.position,
                            several.record_hash
                    ), true) as is_change
                from {{ relation }} as several
                inner join ({{ repeated_keys(relation) }}) as repeated
                    on several.record_key = repeated.record_key
            ) as compared
        ) as numbered
        qualify {{ is_last_version() }}
    ) as last_versions
    where not is_deleted and merged_into_ref is null
{%- endmacro %}

{% macro only_versions(relation, columns) -%}
    select {{ columns }}
    from {{ relation }} as single
    left join ({{ repeated_keys(relation) }}) as repeated
        on single.record_key = repeated.record_key
    where repeated.record_key is null
        and not single.is_deleted
        and single.merged_into_ref is null
{%- endmacro %}

{% macro repeated_keys(relation) -%}
    select record_key from {{ relation }} group by record_key having count(*) > 1
{%- endmacro %}

{% macro is_last_version(prefix='') -%}
    row_number() over (
        partition by {{ prefix }}record_key
        order by
            {{ prefix }}recorded_at desc nulls last,
            {{ prefix }}file desc,
            {{ prefix }}position desc,
            {{ prefix }}record_hash desc
    ) = 1
{%- endmacro %}
