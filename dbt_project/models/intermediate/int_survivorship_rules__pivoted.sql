-- Grain: one row per attribute that has rules of its own, and one for all others ('*').
with

rules as (

    select * from {{ ref('survivorship_rules') }}

),

pivoted as (

    select
        attribute,
        max(criterion) filter (where step = 1) as criterion_1,
        max(criterion) filter (where step = 2) as criterion_2,
        max(criterion) filter (where step = 3) as criterion_3,
        max(criterion) filter (where step = 4) as criterion_4,
        max(preferred) filter (where step = 1) as preferred_1,
        max(preferred) filter (where step = 2) as preferred_2,
        max(preferred) filter (where step = 3) as preferred_3,
        max(preferred) filter (where step = 4) as preferred_4
    from rules
    group by attribute

)

select * from pivoted
