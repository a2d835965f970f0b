namespace Hutch.Model.Sites;

/// <summary>The names of <see cref="SiteIntake"/>, as people write them and databases keep them.</summary>
public static class SiteIntakeNames
{
    private const string Open = "open";
    private const string NothingNew = "nothing-new";
    private const string ReadOnly = "read-only";
    private const string Draining = "draining";

    /// <summary>The name of a state.</summary>
    public static string ToName(this SiteIntake intake) => intake switch
    {
        SiteIntake.NothingNew => NothingNew,
        SiteIntake.ReadOnly => ReadOnly,
        SiteIntake.Draining => Draining,
        _ => Open,
    };

    /// <summary>Reads a state that can be set.</summary>
    public static Result<SiteIntake> Parse(string text) => text switch
    {
        Open => SiteIntake.Open,
        NothingNew => SiteIntake.NothingNew,
        ReadOnly => SiteIntake.ReadOnly,
        Draining => SiteIntake.Draining,
        _ => ErrorCode.InvalidName.With(
            $"{Display.Quote(text ?? "")} is not a state of a site: use {Open}, {NothingNew} (no new datasets and copies), {ReadOnly} or "
            + $"{Draining} (what is there is made elsewhere)."),
    };

    /// <summary>Reads what <see cref="ToName"/> wrote; null is open, as in a zone that does not know of states.</summary>
    public static SiteIntake Read(string? name) => name switch
    {
        NothingNew => SiteIntake.NothingNew,
        ReadOnly => SiteIntake.ReadOnly,
        Draining => SiteIntake.Draining,
        _ => SiteIntake.Open,
    };
}
