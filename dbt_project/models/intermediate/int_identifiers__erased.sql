-- Grain: one row per e-mail address or phone number of a contact whose data its source has erased
-- for good, as the law demands; a deletion alone is none.
with

contacts as (

    select * from {{ source('raw', 'contact') }}

),

stated_identifiers as (

    select * from {{ source('raw', 'identifier') }}

),

-- whatever else is told of the record: the erasure is the last word
erased as (

    select distinct record_key as contact_id
    from contacts
    where is_deleted and json_extract_string(attributes, '$.is_privacy_deletion') = 'true'

),

stated as (

    {% for column, kind in [('email', 'email'), ('phone', 'phone'), ('mobile', 'phone')] -%}
        select '{{ kind }}:' || contacts.{{ column }} as identifier
        from contacts
        inner join erased
            on contacts.record_key = erased.contact_id
        union all
    {% endfor -%}
    select {{ stated_identifier('stated_identifiers') }} as identifier
    from stated_identifiers
    inner join erased
        on stated_identifiers.person_ref = 'contact:' || erased.contact_id
    where stated_identifiers.id_type in ('email', 'phone')

)

select distinct identifier from stated
where identifier is not null
