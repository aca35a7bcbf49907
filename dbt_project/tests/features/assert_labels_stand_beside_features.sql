-- Every label has its row of features, and every row whose 90 days have passed has its label;
-- only a lead that its source has deleted since has none.
select
    'lead' as entity,
    labels.lead_id as entity_id,
    labels.as_of
from {{ ref('lead_labels') }} as labels
left join {{ ref('lead_features') }} as features
    on
        labels.lead_id = features.lead_id
        and labels.as_of = features.as_of
where features.lead_id is null

union all

select
    'customer' as entity,
    coalesce(labels.customer_id, features.customer_id) as entity_id,
    coalesce(labels.as_of, features.as_of) as as_of
from {{ ref('churn_labels') }} as labels
full outer join {{ ref('churn_features') }} as features
    on
        labels.customer_id = features.customer_id
        and labels.as_of = features.as_of
where
    features.customer_id is null
    or (
        labels.customer_id is null
        and features.as_of + interval '90' day <= {{ as_of() }}
    )
