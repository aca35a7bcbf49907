-- Grain: one row per process, step and department in which a case ever was.
with

stays as (

    select
        *,
        epoch(exited_at - entered_at) / 3600 as hours,
        case when is_waiting then epoch({{ as_of() }} - entered_at) / 3600 end as waiting_hours
    from {{ ref('int_process_stays__unioned') }}

),

summed as (

    select
        process,
        step,
        department,
        count(distinct case_id) as case_count,
        count(*) as visit_count,
        count(*) filter (where visit_index > 1) as rework_count,
        count(*) filter (where is_waiting) as waiting_count,
        count(hours) as finished_count,
        avg(cast(hours as decimal(18, 6))) as mean_hours,
        median(hours) as median_hours,
        quantile_cont(hours, 0.9) as p90_hours,
        sum(cast(hours as decimal(18, 6))) as total_hours,
        median(waiting_hours) as median_waiting_hours
    from stays
    group by process, step, department

),

ranked as (

    select
        process,
        step,
        department,
        case_count,
        visit_count,
        rework_count,
        rework_count / visit_count as rework_rate,
        waiting_count,
        finished_count,
        mean_hours,
        median_hours,
        p90_hours,
        cast(coalesce(total_hours, 0) as double) as total_hours,
        median_waiting_hours,
        cast(total_hours as double) / nullif(sum(total_hours) over (partition by process), 0)
            as share_of_process,
        rank() over (
            partition by process
            order by coalesce(total_hours, 0) desc
        ) as bottleneck_rank

    from summed

)

select * from ranked
