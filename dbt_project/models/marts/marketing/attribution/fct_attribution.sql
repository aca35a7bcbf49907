-- Grain: one row per conversion, touch and rule of attribution that gives the touch any credit.
{% set rules = ['first', 'last', 'linear', 'position', 'time_decay', 'shapley'] %}
{% set end_share = var('attribution_end_share') %}

with

paths as (

    select
        *,
        greatest(touch_index, 1) as place,
        greatest(touch_count, 1) as length,
        -- days before the conversion; measured from the nearest touch nothing underflows
        coalesce(epoch(max(touched_at) over (partition by path_id) - touched_at) / 86400, 0)
            as days_before_last,
        count(*) over (partition by path_id, channel) as channel_touch_count,
        dense_rank() over (partition by path_id order by channel)
        + dense_rank() over (partition by path_id order by channel desc) - 1 as channel_count
    from {{ ref('campaign_paths') }}
    where is_converted

),

weighted as (

    select
        *,
        cast(place = 1 as integer) as first_weight,
        cast(place = length as integer) as last_weight,
        1 as linear_weight,
        case
            when length <= 2 then 1
            when place in (1, length) then {{ end_share }}
            else (1 - 2 * {{ end_share }}) / (length - 2)
        end as position_weight,
        power(2, -days_before_last / {{ var('attribution_half_life_days') }})
            as time_decay_weight,
        -- every coalition with all channels of the path converts, no other: each channel has the
        -- same Shapley value, and touches of one channel share it
        1 / channel_touch_count as shapley_weight
    from paths

),

unpivoted as (

    {% for rule in rules -%}
        select
            path_id,
            place,
            length,
            '{{ rule }}' as attribution_model,
            cast({{ rule }}_weight as double) as weight
        from weighted
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

-- in the order of the path, on which a sum of doubles depends
running as (

    select
        *,
        sum(weight) over (
            partition by path_id, attribution_model
            order by place
            rows between unbounded preceding and current row
        ) as weight_until
    from unpivoted

),

-- weights are not negative: the last running sum is the largest
summed as (

    select
        *,
        max(weight_until) over (partition by path_id, attribution_model) as path_weight,
        coalesce(lag(weight_until) over (
            partition by path_id, attribution_model
            order by place
        ), 0) as weight_before
    from running

),

credited as (

    select
        path_id,
        place,
        attribution_model,
        weight / path_weight as credit,
        case when place = length then 1 else weight_until / path_weight end as credit_until,
        weight_before / path_weight as credit_before
    from summed

),

-- differences of rounded running totals: the parts close to the value exactly
described as (

    select
        {{ surrogate_key(['paths.path_id', 'paths.touch_id', 'credited.attribution_model']) }}
            as attribution_id,
        paths.path_id as conversion_id,
        paths.conversion_type,
        paths.is_acquisition,
        paths.customer_id,
        paths.touch_id,
        paths.touch_index,
        paths.touch_count,
        paths.campaign_id,
        paths.channel,
        credited.attribution_model,
        credited.credit,
        paths.currency,
        {% for value in ['conversion_value', 'conversion_value_base'] -%}
            try_cast(
                try_cast(
                    cast(paths.{{ value }} as double) * credited.credit_until as decimal(18, 4)
                )
                - try_cast(
                    cast(paths.{{ value }} as double) * credited.credit_before as decimal(18, 4)
                ) as decimal(18, 4)
            ) as {{ value | replace('conversion', 'credited') }},
        {% endfor -%}
        paths.touched_at,
        paths.converted_at

    from credited

    inner join paths
        on
            credited.path_id = paths.path_id
            and credited.place = paths.place

    where credited.credit > 0

)

select * from described
