-- Grain: one row per channel, team and day on which customers began to wait.
with

waits as (

    select * from {{ ref('fct_waits') }}

),

summed as (

    select
        channel,
        team,
        count(*) as wait_count,
        count(*) filter (where is_answered) as answered_count,
        count(*) filter (where not is_answered) as unanswered_count,
        {%- for kind, rows in [
            ('first_reply', 'is_first_reply and is_answered'),
            ('next_reply', 'not is_first_reply and is_answered'),
            ('wait', 'is_answered'),
        ] %}
            {%- if kind != 'wait' %}
                count(*) filter (where {{ rows }}) as {{ kind }}_count,
            {%- endif %}
            {%- for unit in ['calendar', 'business'] %}
                avg(cast({{ unit }}_minutes as decimal(18, 6))) filter (where {{ rows }})
                    as {{ kind }}_{{ unit }}_minutes_mean,
                quantile_cont({{ unit }}_minutes, 0.5) filter (where {{ rows }})
                    as {{ kind }}_{{ unit }}_minutes_p50,
                quantile_cont({{ unit }}_minutes, 0.9) filter (where {{ rows }})
                    as {{ kind }}_{{ unit }}_minutes_p90,
            {%- endfor %}
        {%- endfor %}
        date_day
    from waits
    group by
        channel,
        team,
        date_day

)

select * from summed
