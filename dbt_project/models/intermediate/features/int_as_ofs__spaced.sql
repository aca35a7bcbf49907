-- Grain: one row per moment that features are made for.
with

settings as (

    select {{ as_of() }} as newest

),

steps as (

    select every_step.step
    from range(0, 25) as every_step (step)

),

spaced as (

    select
        cast(steps.step as integer) as step,
        settings.newest - steps.step * interval '30' day as as_of

    from settings

    cross join steps

    where settings.newest is not null

)

select * from spaced
