-- Grain: one row per touch and customer to whose conversion it may lead.
with

touches as (

    select
        touch_id,
        customer_id,
        campaign_id,
        channel,
        touched_at
    from {{ ref('fct_campaign_touches') }}
    where
        customer_id is not null
        and known_at <= {{ as_of() }}

),

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

),

people as (

    select * from {{ ref('int_accounts__people') }}

),

unioned as (

    select
        touch_id,
        customer_id,
        campaign_id,
        channel,
        touched_at,
        false as is_of_account
    from touches

    union all by name

    -- a company answers no campaign: where it bought and no person is named, its people's answers
    -- count
    select
        touches.touch_id,
        people.customer_id,
        touches.campaign_id,
        touches.channel,
        touches.touched_at,
        true as is_of_account
    from people
    inner join touches
        on people.person_id = touches.customer_id
    where people.customer_id in (select conversions.customer_id from conversions)

)

select * from unioned
