namespace Hutch.Site.Maintenance;

/// <summary>Something that works on but that an operator should see to.</summary>
/// <param name="Kind">What it is, in one word that does not change: <c>segments-lost</c>, <c>records-rebuilt</c>, …</param>
/// <param name="Message">What was found, in a sentence.</param>
/// <param name="Advice">What to do next, in a sentence.</param>
public sealed record SiteWarning(string Kind, string Message, string Advice);
