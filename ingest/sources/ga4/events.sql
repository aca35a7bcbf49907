-- Grain: one row per line, one flat text column per field; `identified` is the other file's.
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
        event.collected_traffic_source.manual_source, source_text
    ) as utm_source,
    coalesce(
        event.collected_traffic_source.manual_medium, medium_text
    ) as utm_medium,
    coalesce(
        event.collected_traffic_source.manual_campaign_name, campaign_text
    ) as utm_campaign,
    coalesce(
        event.collected_traffic_source.manual_content, content_text
    ) as utm_content,
    coalesce(
        event.collected_traffic_source.manual_term, term_text
    ) as utm_term,
    coalesce(
        'gclid:' || nullif(event.collected_traffic_source.gclid, ''),
        'dclid:' || nullif(event.collected_traffic_source.dclid, ''),
        'srsltid:' || nullif(event.collected_traffic_source.srsltid, '')
    ) as collected_click_id,
    event.device.language as locale,
    coalesce(
        nullif(nullif(trim(event.ecommerce.transaction_id), ''), '(not set)'), transaction_id_text
    ) as order_id,
    event.ecommerce.purchase_revenue as purchase_revenue,
    event.ecommerce.refund_value as refund_value,
    event.ecommerce.shipping_value as shipping_value,
    event.ecommerce.tax_value as tax_value,
    p_currency.string_value as currency,
    coupon_text as coupon,
    affiliation_text as affiliation,
    coalesce(
        p_value.double_value, p_value.float_value, p_value.int_value, p_value.string_value
    ) as value_text,
    case when json_type(event.items) = 'ARRAY' then event.items end as items,
    '{' || nullif(
        concat_ws(
            ',',
            '"app_info":' || nullif(event.app_info::varchar, 'null'),
            '"batch_event_index":' || to_json(event.batch_event_index),
            '"batch_ordering_id":' || to_json(event.batch_ordering_id),
            '"batch_page_id":' || to_json(event.batch_page_id),
            '"collected_traffic_source":'
            || nullif(json_extract(whole, '$.collected_traffic_source')::varchar, 'null'),
            '"device":' || nullif(json_extract(whole, '$.device')::varchar, 'null'),
            '"ecommerce":' || nullif(json_extract(whole, '$.ecommerce')::varchar, 'null'),
            '"event_bundle_sequence_id":' || to_json(event.event_bundle_sequence_id),
            '"event_date":' || to_json(event.event_date),
            '"event_dimensions":' || nullif(event.event_dimensions::varchar, 'null'),
            '"event_params":'
            || nullif(json_extract(whole, '$.event_params')::varchar, 'null'),
            '"event_previous_timestamp":' || to_json(event.event_previous_timestamp),
            '"event_server_timestamp_offset":' || to_json(event.event_server_timestamp_offset),
            '"event_value_in_usd":' || to_json(event.event_value_in_usd),
            '"geo":' || nullif(event.geo::varchar, 'null'),
            '"is_active_user":' || nullif(event.is_active_user::varchar, 'null'),
            '"items":' || nullif(nullif(event.items::varchar, 'null'), '[]'),
            '"platform":' || to_json(event.platform),
            '"privacy_info":' || nullif(event.privacy_info::varchar, 'null'),
            '"publisher":' || nullif(event.publisher::varchar, 'null'),
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
