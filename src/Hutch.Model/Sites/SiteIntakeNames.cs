namespace Hutch.Model.Sites;

public static class SiteIntakeNames
{
    private const string Open = "open";
    private const string NothingNew = "nothing-new";
    private const string ReadOnly = "read-only";
    private const string Draining = "draining";

    public static string ToName(this SiteIntake intake) => intake switch
    {
        SiteIntake.NothingNew => NothingNew,
        SiteIntake.ReadOnly => ReadOnly,
        SiteIntake.Draining => Draining,
        _ => Open,
    };

    public static Result<SiteIntake> Parse(string text) => text switch
    {
        Open => SiteIntake.Open,
        NothingNew => SiteIntake.NothingNew,
        ReadOnly => SiteIntake.ReadOnly,
        Draining => SiteIntake.Draining,
        _ => ErrorCode.InvalidName.With(
            $"{Display.Quote(text ?? "")} is not a state of a site: use {Open}, {NothingNew} (no new datasets and copies), {ReadOnly} or "
            + $"{Draining} (its datasets are copied elsewhere)."),
    };

    /// <summary>Parses the result of <see cref="ToName"/>; null is open, as in a zone without states.</summary>
    public static SiteIntake Read(string? name) => name switch
    {
        NothingNew => SiteIntake.NothingNew,
        ReadOnly => SiteIntake.ReadOnly,
        Draining => SiteIntake.Draining,
        _ => SiteIntake.Open,
    };
}
