-- Grain: one account that is a person and no company; also of people who were deleted.
with

contacts as (

    select
        account_ref as account_id,
        record_key as contact_id,
        coalesce(recorded_at, occurred_at, ingested_at) as known_at
    from {{ source('raw', 'contact') }}
    where is_person_account and account_ref is not null

),

current_owners as (

    select
        account_id,
        max_by(contact_id, (known_at, contact_id)) as contact_id
    from contacts
    group by account_id

)

select * from current_owners
