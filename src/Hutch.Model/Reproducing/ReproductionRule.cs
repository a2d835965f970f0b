using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;

namespace Hutch.Model.Reproducing;

/// <summary>
/// Decides whether the bytes of a dataset may be evicted because a program computes them again. It is stricter than the proof of a rerun:
/// see docs/design/programs.md.
/// </summary>
public static class ReproductionRule
{
    /// <summary>The fewest sites that must hold each input and the image.</summary>
    public const int Holders = 2;

    /// <summary>The most files that differ by nature: the record of the eviction names them.</summary>
    public const int MaxKept = 200;

    /// <summary>The detail of a refusal with its <see cref="ReproductionRefusal"/>.</summary>
    public const string RefusalDetail = "refusal";

    /// <summary>Clocks of sites differ, by a few minutes at most.</summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    /// <summary>Returns the proof on which the eviction relies, or the reason why it is refused.</summary>
    public static Result<Reproduction> Decide(ReproductionFacts facts) => Find(facts) is { } refusal
        ? ToError(refusal.Kind, refusal.Message)
        : new Reproduction(
            facts.Run!.Id, facts.Statement!.Rerun, facts.Statement.Key, facts.Statement.At.ToUnixTimeMilliseconds(), facts.Run.Inputs,
            facts.Kept!);

    /// <summary>Returns the first reason to refuse; null if nothing speaks against it.</summary>
    public static (ReproductionRefusal Kind, string Message)? Find(ReproductionFacts facts)
    {
        return OfDataset(facts) ?? OfRules(facts) ?? OfStatement(facts) ?? OfRun(facts) ?? OfInputs(facts);
    }

    private static HutchError ToError(ReproductionRefusal kind, string message) =>
        (ErrorCode.Conflict with { Advice = "Nothing was evicted." }).With(message, RefusalDetail, kind.ToString());

    private static (ReproductionRefusal Kind, string Message)? OfDataset(ReproductionFacts facts) => facts switch
    {
        { IsHome: false } => (ReproductionRefusal.Elsewhere, $"The home of {facts.Name} is another site."),
        { IsPresent: false } => (ReproductionRefusal.NotPresent, $"{facts.Name} is in the trash, or has ended."),
        { IsClosed: false } => (ReproductionRefusal.Open, $"{facts.Name} is open, and only closed datasets are evicted."),
        { IsTemporary: true } => (ReproductionRefusal.Temporary, $"{facts.Name} is temporary: its bytes end by themselves."),
        { IsInFolder: true } => (ReproductionRefusal.InFolder, $"The files of {facts.Name} are in a folder of the facility."),
        { Eviction: { } state } => (ReproductionRefusal.HasEviction, state == EvictionState.Held
            ? $"{facts.Name} is held, as other datasets may rely on it. `hutch recall` ends that."
            : $"Other sites hold the bytes of {facts.Name}, or are asked to. `hutch recall` ends that."),
        { IsPublished: true } => (ReproductionRefusal.Published, $"{facts.Name} is published or has a DOI: its bytes stay."),
        { Copies: > 0 } => (ReproductionRefusal.HasCopies,
            $"Other sites have a copy of {facts.Name} or were asked for one. Evict to these, or release them first."),
        _ => null,
    };

    private static (ReproductionRefusal Kind, string Message)? OfRules(ReproductionFacts facts)
    {
        PlacementRule[] copies = [.. facts.Rules.Where(static rule => rule.Kind == PlacementRuleKind.Copies)];
        return copies.Length == 0 ? (ReproductionRefusal.NoRule,
                $"No rule such as '1 copy | reproducible where site=…' applies to {facts.Name}, so that its bytes stay.")
            : Array.Find(copies, static rule => rule.ProofDays is null) is { } needs
                ? (ReproductionRefusal.NeedsCopies, $"The rule '{needs}' for {facts.Name} needs bytes.")
            : null;
    }

    private static (ReproductionRefusal Kind, string Message)? OfStatement(ReproductionFacts facts)
    {
        if (facts.Statement is not { } newest)
        {
            return (ReproductionRefusal.NoStatement, $"No statement of a site says that {facts.Name} was reproduced. Run `hutch rerun`.");
        }

        int days = facts.Rules.Min(static rule => rule.ProofDays) ?? PlacementRule.UsualProofDays;
        string said = $"The newest statement about {facts.Name} says: {newest.Sentence}.";
        if (!facts.IsOfZone)
        {
            return (ReproductionRefusal.ForeignStatement, $"{said} The zone has no site with the key that signed it.");
        }

        if (!facts.IsCounted)
        {
            return (ReproductionRefusal.OtherSite,
                $"{said} A signature proves no computation: run `hutch rerun` here, or let a rule name the site, as in "
                + "'1 copy | reproducible at SITE where …'.");
        }

        if (newest.At > facts.Now + ClockDifference)
        {
            return (ReproductionRefusal.FutureStatement, $"{said} That is in the future.");
        }

        if (facts.Now - newest.At > TimeSpan.FromDays(days))
        {
            return (ReproductionRefusal.OldStatement,
                string.Create(CultureInfo.InvariantCulture, $"{said} It counts for {days} days. Run `hutch rerun` again."));
        }

        if (newest.Different > 0)
        {
            return (ReproductionRefusal.Different, $"{said} Only equal bytes can be evicted.");
        }

        if (!newest.IsIdentical)
        {
            return (ReproductionRefusal.Tolerance, $"{said} A tolerance proves, but only equal bytes can be evicted.");
        }

        if (newest.Isolated != true)
        {
            return (ReproductionRefusal.NotIsolated,
                $"{said} The rerun may have seen more than its image and its inputs. Run `hutch rerun` where it does not.");
        }

        if (newest.Dataset != facts.Dataset || facts.Roots.Count == 0 || newest.Tree != facts.Roots[^1])
        {
            return (ReproductionRefusal.OtherResults, $"{said} It is about another version than the newest one.");
        }

        if (facts.Roots.Any(root => root != newest.Tree))
        {
            return (ReproductionRefusal.OtherVersions,
                $"{facts.Name} has versions with other files than the results of its run.");
        }

        return null;
    }

    private static (ReproductionRefusal Kind, string Message)? OfRun(ReproductionFacts facts)
    {
        RerunStatement proof = facts.Statement!;
        if (facts.Run is not { IsDone: true } run || run.Id != proof.Run)
        {
            return (ReproductionRefusal.NoRun, $"The run {proof.Run:N} that made {facts.Name} is not recorded here as done.");
        }

        if (run.HasParts)
        {
            return (ReproductionRefusal.Parts, $"The run {run.Id:N} has parts of `hutch run --part`, which cannot be repeated.");
        }

        if (run.Digest is not { } digest)
        {
            return (ReproductionRefusal.NoDocument,
                $"The document of the program of run {run.Id:N} is not stored here in a form that this release reads.");
        }

        if (digest != proof.Digest)
        {
            return (ReproductionRefusal.OtherProgram, "The rerun executed another document of the program.");
        }

        if (!run.HasImage)
        {
            return (ReproductionRefusal.NoImage,
                "The program has no image, so that it runs on the system of the node, which changes.");
        }

        if (run.HasNetwork)
        {
            return (ReproductionRefusal.Network, "The program can use the network, from which nothing is recorded.");
        }

        if (run.Problem is { } problem)
        {
            return (ReproductionRefusal.NoEngine, $"No engine can execute the program here: {problem}");
        }

        if (facts.Kept is null)
        {
            return (ReproductionRefusal.TooManyKept,
                string.Create(CultureInfo.InvariantCulture, $"More than {MaxKept} files of {facts.Name} differ by nature."));
        }

        return null;
    }

    private static (ReproductionRefusal Kind, string Message)? OfInputs(ReproductionFacts facts)
    {
        IReadOnlyList<VersionReference> read = facts.Run!.Inputs;
        IEnumerable<VersionReference> again = facts.Statement!.Inputs.Select(
            static one => new VersionReference(one.Dataset, one.Snapshot, one.Root));
        if (read.Count == 0 || !read.SequenceEqual(again) || !read.SequenceEqual(facts.Inputs.Select(static one => one.Version)))
        {
            return (ReproductionRefusal.OtherInputs, "The rerun read other versions than the run.");
        }

        foreach (ReproductionInput input in facts.Inputs)
        {
            if (OfInput(facts, input) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static (ReproductionRefusal Kind, string Message)? OfInput(ReproductionFacts facts, ReproductionInput input)
    {
        if (input.Version.Dataset == facts.Dataset)
        {
            return (ReproductionRefusal.OwnInput, $"{facts.Name} is an input of its own run.");
        }

        if (!input.IsHere)
        {
            return (ReproductionRefusal.InputElsewhere,
                $"The input {input.Name} is not a closed dataset with its home here, so that this site cannot keep it from ending.");
        }

        if (input.Eviction?.Reproduction is not null)
        {
            return (ReproductionRefusal.InputReproducedOnly,
                $"The bytes of the input {input.Name} are evicted, and only a program has them.");
        }

        if (input.CountHolders() < Holders)
        {
            return (ReproductionRefusal.InputNotHeld, string.Create(
                CultureInfo.InvariantCulture,
                $"{input.CountHolders()} of {Holders} sites hold the input {input.Name}. Copy it, and run `hutch evict --keep`."));
        }

        if (input.Root is null || input.Root != input.Version.Root)
        {
            return (ReproductionRefusal.InputChanged, $"The version of {input.Name} that the run read is not one that sites hold.");
        }

        return null;
    }
}
