namespace Hutch.Site.Life.Maintenance;

/// <summary>The refusal of a commit of a collection that is no longer the site's.</summary>
public static class SupersededCollection
{
    public static HutchError Error { get; } = ErrorCode.Conflict.With(
        "Another server has begun to collect. What this one has freed stays freed; the other one continues.");
}
