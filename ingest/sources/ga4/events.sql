-- Grain: one row per line. `shape` is the JSON structure to read.
with

read_once as materialized (

    select
        position,
        is_utf8,
        try_cast(line as json) as whole,
        try(from_json(line, $shape)) as event

    from ga4_lines

),

flat as (

    select
        position,
        is_utf8,
        coalesce(json_type(whole) != 'OBJECT', true) or event is null as is_malformed,
        event,
        whole,
        list_transform(event.event_params, lambda p: p.key) as keys

    from read_once

),

picked as materialized (

    select
        * exclude (keys),
        event.event_params[list_position(keys, 'ga_session_id')].value as p_ga_session_id,
        event.event_params[list_position(keys, 'page_location')].value as p_page_location,
        event.event_params[list_position(keys, 'page_referrer')].value as p_page_referrer,
        event.event_params[list_position(keys, 'page_title')].value as p_page_title,
        event.event_params[list_position(keys, 'source')].value as p_source,
        event.event_params[list_position(keys, 'medium')].value as p_medium,
        event.event_params[list_position(keys, 'campaign')].value as p_campaign,
        event.event_params[list_position(keys, 'content')].value as p_content,
        event.event_params[list_position(keys, 'term')].value as p_term,
        event.event_params[list_position(keys, 'transaction_id')].value as p_transaction_id,
        event.event_params[list_position(keys, 'currency')].value as p_currency,
        event.event_params[list_position(keys, 'coupon')].value as p_coupon,
        event.event_params[list_position(keys, 'affiliation')].value as p_affiliation,
        event.event_params[list_position(keys, 'value')].value as p_value

    from flat

),

named as (

    select
        *,
        nullif(trim(event.user_pseudo_id), '') as visitor,
        coalesce(p_ga_session_id.int_value, p_ga_session_id.string_value) as session_number

    from picked

),

identified as (

    select
        *,
        case
            when visitor is not null and session_number is not null
                then visitor || '.' || session_number
        end as session_id,
        -- older exports do not number the events of a batch, which share their time
        md5(concat_ws(
            '|',
            coalesce(event.stream_id, ''),
            coalesce(event.user_pseudo_id, ''),
            coalesce(event.event_timestamp, ''),
            coalesce(event.event_name, ''),
            coalesce(event.event_bundle_sequence_id, ''),
            coalesce(event.batch_page_id, ''),
            coalesce(event.batch_ordering_id, ''),
            coalesce(event.batch_event_index, ''),
            case
                when event.batch_event_index is null
                    then concat_ws(
                        '|',
                        coalesce(list_sort(event.event_params)::varchar, ''),
                        coalesce(event.items::varchar, '')
                    )
            end
        )) as event_id

    from named

)

select
    position,
    is_utf8,
    is_malformed,
    event_id,
    event.event_name as event_name,
    event.event_timestamp as timestamp_text,
    visitor as anonymous_id,
    event.user_id as user_id,
    session_id,
    p_page_location.string_value as url,
    p_page_referrer.string_value as referrer,
    p_page_title.string_value as title,
    coalesce(
        event.collected_traffic_source.manual_source, p_source.string_value
    ) as utm_source,
    coalesce(
        event.collected_traffic_source.manual_medium, p_medium.string_value
    ) as utm_medium,
    coalesce(
        event.collected_traffic_source.manual_campaign_name, p_campaign.string_value
    ) as utm_campaign,
    coalesce(
        event.collected_traffic_source.manual_content, p_content.string_value
    ) as utm_content,
    coalesce(
        event.collected_traffic_source.manual_term, p_term.string_value
    ) as utm_term,
    coalesce(
        'gclid:' || nullif(event.collected_traffic_source.gclid, ''),
        'dclid:' || nullif(event.collected_traffic_source.dclid, ''),
        'srsltid:' || nullif(event.collected_traffic_source.srsltid, '')
    ) as collected_click_id,
    event.device.language as locale,
    coalesce(event.ecommerce.transaction_id, p_transaction_id.string_value) as order_id,
    event.ecommerce.purchase_revenue as purchase_revenue,
    event.ecommerce.refund_value as refund_value,
    event.ecommerce.shipping_value as shipping_value,
    event.ecommerce.tax_value as tax_value,
    p_currency.string_value as currency,
    p_coupon.string_value as coupon,
    p_affiliation.string_value as affiliation,
    coalesce(
        p_value.double_value, p_value.float_value, p_value.int_value
    ) as value_text,
    case when json_type(event.items) = 'ARRAY' then event.items end as items,
    '{' || nullif(
        concat_ws(
            ',',
            '"app_info":' || nullif(event.app_info::varchar, 'null'),
            '"batch_event_index":' || to_json(event.batch_event_index),
            '"collected_traffic_source":'
            || nullif(json_extract(whole, '$.collected_traffic_source')::varchar, 'null'),
            '"device":' || nullif(json_extract(whole, '$.device')::varchar, 'null'),
            '"ecommerce":' || nullif(json_extract(whole, '$.ecommerce')::varchar, 'null'),
            '"event_date":' || to_json(event.event_date),
            '"event_params":'
            || nullif(json_extract(whole, '$.event_params')::varchar, 'null'),
            '"event_value_in_usd":' || to_json(event.event_value_in_usd),
            '"geo":' || nullif(event.geo::varchar, 'null'),
            '"items":' || nullif(nullif(event.items::varchar, 'null'), '[]'),
            '"platform":' || to_json(event.platform),
            '"privacy_info":' || nullif(event.privacy_info::varchar, 'null'),
            '"session_id":' || to_json(session_id),
            '"session_traffic_source_last_click":'
            || nullif(event.session_traffic_source_last_click::varchar, 'null'),
            '"stream_id":' || to_json(event.stream_id),
            '"traffic_source":' || nullif(event.traffic_source::varchar, 'null'),
            '"user_first_touch_timestamp":' || to_json(event.user_first_touch_timestamp),
            '"user_ltv":' || nullif(event.user_ltv::varchar, 'null'),
            '"user_properties":'
            || nullif(nullif(event.user_properties::varchar, 'null'), '[]')
        ),
        ''
    ) || '}' as attributes

from identified
