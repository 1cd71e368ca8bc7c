//! What is not decrypted, with its names resolved.

use usher_lists::category::CategoryTable;

use super::compile::{Names, PolicyFault, category_set, each_once, patterns};
use super::{CompiledInspection, Uninspected};
use crate::document::{Inspection, InspectionRule};
use crate::kept;

pub(super) fn compile(
    written: &Inspection,
    names: &Names<'_>,
    table: &CategoryTable,
) -> Result<Uninspected, PolicyFault> {
    let kept = kept::built_in().map_err(|fault| PolicyFault::KeptList(fault.to_string()))?;
    let kept = kept.iter().filter(|entry| written.kept.contains(&entry.section));
    Ok(Uninspected {
        categories: category_set("inspection", &written.except_categories, table)?,
        sites: patterns(&written.except_sites),
        whom: names.named("inspection", &written.except_whom)?,
        kept: kept
            .flat_map(|entry| entry.sites.iter().map(|site| (site.clone(), entry.id.clone())))
            .collect(),
        pinned: names.named("inspection", &written.pinned_whom)?,
        rules: rules(&written.rules, names, table)?,
    })
}

pub(super) fn rules(
    written: &[InspectionRule],
    names: &Names<'_>,
    table: &CategoryTable,
) -> Result<Vec<CompiledInspection>, PolicyFault> {
    each_once("inspection", written.iter().map(|rule| rule.id.as_str()))?;
    let compiled = written.iter().map(|rule| {
        let place = format!("inspection `{}`", rule.id);
        let categories = (!rule.categories.is_empty())
            .then(|| category_set(&place, &rule.categories, table))
            .transpose()?;
        Ok(CompiledInspection {
            whom: names.set(&place, &rule.whom)?,
            sites: (!rule.sites.is_empty()).then(|| patterns(&rule.sites)),
            categories,
            rule: rule.clone(),
        })
    });
    compiled.collect()
}
