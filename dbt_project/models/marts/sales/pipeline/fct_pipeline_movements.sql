-- Grain: one row per opportunity, moment and movement of its pipeline.
{%- set movements = [
    ('created', 'previous_status is null', 'amount', 1, 1),
    ('reopened', "status = 'open' and previous_status <> 'open'", 'amount', 1, 1),
    ('increased', "previous_status = 'open' and amount > previous_amount",
        'amount - previous_amount', 0, 1),
    ('decreased', "previous_status = 'open' and amount < previous_amount",
        'previous_amount - amount', 0, -1),
    ('won', "status = 'won' and was_open", 'amount', -1, -1),
    ('lost', "status = 'lost' and was_open", 'amount', -1, -1),
    ('deleted', "status = 'deleted' and was_open", 'amount', -1, -1),
    ('pushed', 'is_open_still and close_date > previous_close_date', 'amount', 0, 0),
    ('pulled', 'is_open_still and close_date < previous_close_date', 'amount', 0, 0),
] %}

with

states as (

    select
        *,
        coalesce(amount_base, 0) as amount,
        lag(coalesce(amount_base, 0)) over in_order as previous_amount,
        lag(status) over in_order as previous_status,
        lag(close_date) over in_order as previous_close_date
    from {{ ref('int_opportunity_states__spans') }}
    window in_order as (
        partition by opportunity_id
        order by state_index
    )

),

compared as (

    select
        *,
        coalesce(previous_status, 'open') = 'open' as was_open,
        status = 'open' and previous_status = 'open' as is_open_still
    from states

),

-- an amount that changes in the moment of closing changes first, then the deal closes with it
moved as (

    {% for name, condition, amount, count_sign, amount_sign in movements -%}
        select
            opportunity_id,
            pipeline,
            owner_id,
            '{{ name }}' as movement,
            {{ loop.index }} as movement_order,
            {{ amount }} as amount_base,
            {{ count_sign }} as open_count_change,
            {{ amount_sign }} * ({{ amount }}) as open_base_change,
            previous_close_date,
            close_date,
            valid_from as moved_at
        from compared
        where {{ condition }}
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

described as (

    select
        {{ surrogate_key(['opportunity_id', 'movement', 'moved_at']) }} as pipeline_movement_id,
        opportunity_id,
        pipeline,
        owner_id,
        movement,
        cast(movement_order as integer) as movement_order,
        try_cast(amount_base as decimal(18, 4)) as amount_base,
        cast(open_count_change as integer) as open_count_change,
        try_cast(open_base_change as decimal(18, 4)) as open_base_change,
        previous_close_date,
        close_date,
        case
            when movement in ('pushed', 'pulled')
                then date_diff('day', previous_close_date, close_date)
        end as days_moved,
        cast(moved_at as date) as date_day,
        moved_at

    from moved

)

select * from described
