using Hutch.Model.Reproducing;

namespace Hutch.Datasets.Upkeep;

/// <summary>A reason that keeps bytes of datasets on the disk. It is the same for all datasets with its code, and names none.</summary>
/// <param name="Code">The stable name in kebab-case.</param>
/// <param name="Sentence">The reason.</param>
/// <param name="Advice">The remedy; empty if there is none.</param>
/// <param name="By">The role that has the remedy.</param>
public sealed record SpaceReason(string Code, string Sentence, string Advice, SpaceUnblocker By)
{
    public static readonly SpaceReason NotManager = new(
        "not-manager", "You do not manage them, or the token does not.", "Ask a manager.", SpaceUnblocker.Manager);

    public static readonly SpaceReason Copy = new(
        "copy", "They are copies, which their homes have assigned to this site.", "Rules and requests at the home decide about them.",
        SpaceUnblocker.Home);

    public static readonly SpaceReason Requested = new(
        "requested", "Their eviction was requested: other sites read their copies again and promise to hold them.",
        "`hutch info` shows how far they are.", SpaceUnblocker.Time);

    public static readonly SpaceReason Open = new(
        "open", "They are open, and only closed datasets are evicted.", "`hutch close` them.", SpaceUnblocker.Manager);

    public static readonly SpaceReason InFolder = new(
        "in-folder", "Their files are in a folder of the facility, which removes them by its own rules.", "", SpaceUnblocker.Operator);

    public static readonly SpaceReason Temporary = new(
        "temporary", "They are temporary: their bytes end by themselves.", "", SpaceUnblocker.Time);

    public static readonly SpaceReason Held = new(
        "held", "Other sites hold them in addition to this one.", "`hutch recall` them, and evict them then.", SpaceUnblocker.Manager);

    public static readonly SpaceReason Recalling = new(
        "recalling", "They are being recalled.", "Evict them when that has ended.", SpaceUnblocker.Time);

    public static readonly SpaceReason CopyIncomplete = new(
        "copy-incomplete", "Another site is assigned a copy, which is not complete yet.", "It continues automatically.",
        SpaceUnblocker.Time);

    public static readonly SpaceReason NoCopies = new(
        "no-copies", "No other site has a copy.", "`hutch replicate DATASET --to SITE`, or `hutch delete` what is not needed.",
        SpaceUnblocker.Manager);

    public static readonly SpaceReason NoOtherSites = new(
        "no-other-sites", "This server cannot speak with other sites, so that none holds anything for it.", "Join it with another site.",
        SpaceUnblocker.Operator);

    public static readonly SpaceReason TooLarge = new(
        "too-large", "They have a file that is too large to be fetched back.", "", SpaceUnblocker.None);

    public static readonly SpaceReason NoRerun = new(
        "no-rerun", "A program made them, and no rerun has been compared with them.",
        "`hutch rerun`, or `hutch replicate DATASET --to SITE`.", SpaceUnblocker.Manager);

    public static readonly SpaceReason Versions = new(
        "versions",
        "Only versions before the newest one have these bytes. They were pushed, requested, tagged or used, and no command ends a version.",
        "They end with their dataset.", SpaceUnblocker.None);

    public static readonly SpaceReason Other = new(
        "other", "The eviction is refused at present.", "`hutch evict DATASET` shows the reason.", SpaceUnblocker.Manager);

    /// <summary>Returns the reason for which bytes are not evicted although a rerun was compared with them.</summary>
    public static SpaceReason Of(ReproductionRefusal refusal)
    {
        (string sentence, string advice, SpaceUnblocker by) = refusal switch
        {
            ReproductionRefusal.Elsewhere => (Copy.Sentence, Copy.Advice, Copy.By),
            ReproductionRefusal.NotPresent => ("They are in the trash, or have ended.", "", SpaceUnblocker.Time),
            ReproductionRefusal.Open => (Open.Sentence, Open.Advice, Open.By),
            ReproductionRefusal.Temporary => (Temporary.Sentence, Temporary.Advice, Temporary.By),
            ReproductionRefusal.InFolder => (InFolder.Sentence, InFolder.Advice, InFolder.By),
            ReproductionRefusal.HasEviction => (
                "Other sites hold them, or are asked to.", "`hutch recall` ends that.", SpaceUnblocker.Manager),
            ReproductionRefusal.Published => ("They are published or have a DOI.", "", SpaceUnblocker.None),
            ReproductionRefusal.HasCopies => (
                "Other sites have a copy or were asked for one.", "Evict to these, or release them first.", SpaceUnblocker.Manager),
            ReproductionRefusal.NoRule => (
                "A rerun was compared, but no rule permits to evict results that a program computes again.",
                "`hutch rule add '1 copy | reproducible where site=…'`.", SpaceUnblocker.Operator),
            ReproductionRefusal.NeedsCopies => ("A rule needs copies of them.", "Change the rule.", SpaceUnblocker.Operator),
            ReproductionRefusal.NoStatement => (NoRerun.Sentence, "Run `hutch rerun`.", NoRerun.By),
            ReproductionRefusal.ForeignStatement => (
                "A key signed the newest comparison that no site of the zone has.", "Run `hutch rerun` here.", SpaceUnblocker.Manager),
            ReproductionRefusal.OtherSite => (
                "Another site compared the newest rerun, and no rule names it.", "Run `hutch rerun` here.", SpaceUnblocker.Manager),
            ReproductionRefusal.OldStatement => (
                "The newest comparison is older than the rule permits.", "Run `hutch rerun` again.", SpaceUnblocker.Manager),
            ReproductionRefusal.FutureStatement => (
                "The newest comparison has a time in the future.", "Correct the clock of its site.", SpaceUnblocker.Operator),
            ReproductionRefusal.Different => ("The rerun made other results.", "", SpaceUnblocker.None),
            ReproductionRefusal.Tolerance => (
                "The rerun made equal results only within a tolerance, and only equal bytes are evicted.", "", SpaceUnblocker.None),
            ReproductionRefusal.NotIsolated => (
                "The rerun may have seen more than its image and its inputs.", "Run `hutch rerun` where it does not.",
                SpaceUnblocker.Manager),
            ReproductionRefusal.OtherResults => (
                "The newest comparison is about another version than the newest one.", "Run `hutch rerun` again.", SpaceUnblocker.Manager),
            ReproductionRefusal.OtherVersions => (
                "They have versions with other files than the results of their run.", "", SpaceUnblocker.None),
            ReproductionRefusal.OtherProgram => (
                "The rerun executed another document of the program.", "Run `hutch rerun` again.", SpaceUnblocker.Manager),
            ReproductionRefusal.OtherInputs => (
                "The rerun read other versions than the run.", "Run `hutch rerun` again.", SpaceUnblocker.Manager),
            ReproductionRefusal.NoRun => ("Their run is not recorded here as done.", "", SpaceUnblocker.None),
            ReproductionRefusal.NoDocument => (
                "The document of their program is not stored here in a form that this release reads.", "", SpaceUnblocker.None),
            ReproductionRefusal.NoImage => (
                "Their program has no image, so that it runs on the system of the node, which changes.", "", SpaceUnblocker.None),
            ReproductionRefusal.Network => (
                "Their program can use the network, from which nothing is recorded.", "", SpaceUnblocker.None),
            ReproductionRefusal.Parts => ("Their run has parts of `hutch run --part`, which cannot be repeated.", "", SpaceUnblocker.None),
            ReproductionRefusal.NoEngine => (
                "No engine executes their program here.", "`hutch program list` shows the reason.", SpaceUnblocker.Operator),
            ReproductionRefusal.TooManyKept => ("Too many of their files differ by nature.", "", SpaceUnblocker.None),
            ReproductionRefusal.OwnInput => ("They are inputs of their own run.", "", SpaceUnblocker.None),
            ReproductionRefusal.InputElsewhere => (
                "An input of their run is not a closed dataset with its home here.", "Close it, or move its home here.",
                SpaceUnblocker.Manager),
            ReproductionRefusal.InputChanged => (
                "The version of an input that their run read is not one that sites hold.", "", SpaceUnblocker.Manager),
            ReproductionRefusal.InputReproducedOnly => (
                "The bytes of an input are evicted, and only a program has them.", "Restore the input.", SpaceUnblocker.Manager),
            ReproductionRefusal.InputNotHeld => (
                "Fewer than two sites hold an input of their run.", "Copy it, and run `hutch evict --keep`.", SpaceUnblocker.Manager),
            _ => (Other.Sentence, Other.Advice, Other.By),
        };
        return new SpaceReason("reproduction-" + JsonNamingPolicy.KebabCaseLower.ConvertName(refusal.ToString()), sentence, advice, by);
    }
}

/// <summary>The role that can end a reason.</summary>
public enum SpaceUnblocker
{
    /// <summary>No user: it stays so.</summary>
    None,

    /// <summary>A manager of the dataset.</summary>
    Manager,

    /// <summary>An operator of the site, or an administrator of the zone.</summary>
    Operator,

    /// <summary>The home of the dataset.</summary>
    Home,

    /// <summary>The reason ends with time.</summary>
    Time,
}
