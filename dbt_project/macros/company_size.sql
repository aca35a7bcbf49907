{# Headcount classes of the Recommendation 2003/361/EC; null where the headcount is not known. #}
{% macro company_size(number_of_employees) -%}
    case
        when {{ number_of_employees }} < 10 then 'micro'
        when {{ number_of_employees }} < 50 then 'small'
        when {{ number_of_employees }} < 250 then 'medium'
        when {{ number_of_employees }} >= 250 then 'large'
    end
{%- endmacro %}
