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
        (ErrorCode.Conflict with { Advice = "Nothing was evicted." }).With(message, "refusal", kind.ToString());

    private static (ReproductionRefusal Kind, string Message)? OfDataset(ReproductionFacts facts) =>
        !facts.IsHome ? (ReproductionRefusal.Elsewhere, $"The home of {facts.Name} is another site.")
        : !facts.IsPresent ? (ReproductionRefusal.NotPresent, $"{facts.Name} is in the trash, or has ended.")
        : !facts.IsClosed ? (ReproductionRefusal.Open, $"{facts.Name} is open, and only closed datasets are evicted.")
        : facts.IsTemporary ? (ReproductionRefusal.Temporary, $"{facts.Name} is temporary: its bytes end by themselves.")
        : facts.IsInFolder ? (ReproductionRefusal.InFolder, $"The files of {facts.Name} are in a folder of the facility.")
        : facts.Eviction is { } state ? (ReproductionRefusal.HasEviction, state == EvictionState.Held
            ? $"{facts.Name} is held, as other datasets may rely on it. `hutch recall` ends that."
            : $"Other sites hold the bytes of {facts.Name}, or are asked to. `hutch recall` ends that.")
        : facts.IsPublished ? (ReproductionRefusal.Published, $"{facts.Name} is published or has a DOI: its bytes stay.")
        : facts.Copies > 0 ? (ReproductionRefusal.HasCopies,
            $"Other sites have a copy of {facts.Name} or were asked for one. Evict to these, or release them first.")
        : null;

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
        return !facts.IsOfZone ? (ReproductionRefusal.ForeignStatement, $"{said} The zone has no site with the key that signed it.")
            : !facts.IsCounted ? (ReproductionRefusal.OtherSite,
                $"{said} A signature proves no computation: run `hutch rerun` here, or let a rule name the site, as in "
                + "'1 copy | reproducible at SITE where …'.")
            : newest.At > facts.Now + ClockDifference ? (ReproductionRefusal.FutureStatement, $"{said} That is in the future.")
            : facts.Now - newest.At > TimeSpan.FromDays(days) ? (ReproductionRefusal.OldStatement,
                string.Create(CultureInfo.InvariantCulture, $"{said} It counts for {days} days. Run `hutch rerun` again."))
            : newest.Different > 0 ? (ReproductionRefusal.Different, $"{said} Only equal bytes can be evicted.")
            : !newest.IsIdentical ? (ReproductionRefusal.Tolerance, $"{said} A tolerance proves, but only equal bytes can be evicted.")
            : newest.Isolated != true ? (ReproductionRefusal.NotIsolated,
                $"{said} The rerun may have seen more than its image and its inputs. Run `hutch rerun` where it does not.")
            : newest.Dataset != facts.Dataset || facts.Roots.Count == 0 || newest.Tree != facts.Roots[^1]
                ? (ReproductionRefusal.OtherResults, $"{said} It is about another version than the newest one.")
            : facts.Roots.Any(root => root != newest.Tree) ? (ReproductionRefusal.OtherVersions,
                $"{facts.Name} has versions with other files than the results of its run.")
            : null;
    }

    private static (ReproductionRefusal Kind, string Message)? OfRun(ReproductionFacts facts)
    {
        RerunStatement proof = facts.Statement!;
        return facts.Run is not { IsDone: true } run || run.Id != proof.Run
                ? (ReproductionRefusal.NoRun, $"The run {proof.Run:N} that made {facts.Name} is not recorded here as done.")
            : run.HasParts ? (ReproductionRefusal.Parts, $"The run {run.Id:N} has parts of `hutch run --part`, which cannot be repeated.")
            : run.Digest is not { } digest ? (ReproductionRefusal.NoDocument,
                $"The document of the program of run {run.Id:N} is not stored here in a form that this release reads.")
            : digest != proof.Digest ? (ReproductionRefusal.OtherProgram, "The rerun executed another document of the program.")
            : !run.HasImage ? (ReproductionRefusal.NoImage,
                "The program has no image, so that it runs on the system of the node, which changes.")
            : run.HasNetwork ? (ReproductionRefusal.Network, "The program can use the network, from which nothing is recorded.")
            : run.Problem is { } problem ? (ReproductionRefusal.NoEngine, $"No engine can execute the program here: {problem}")
            : facts.Kept is null ? (ReproductionRefusal.TooManyKept,
                string.Create(CultureInfo.InvariantCulture, $"More than {MaxKept} files of {facts.Name} differ by nature."))
            : null;
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

    private static (ReproductionRefusal Kind, string Message)? OfInput(ReproductionFacts facts, ReproductionInput input) =>
        input.Version.Dataset == facts.Dataset ? (ReproductionRefusal.OwnInput, $"{facts.Name} is an input of its own run.")
        : !input.IsHere ? (ReproductionRefusal.InputElsewhere,
            $"The input {input.Name} is not a closed dataset with its home here, so that this site cannot keep it from ending.")
        : input.Eviction?.Reproduction is not null
            ? (ReproductionRefusal.InputReproducedOnly, $"The bytes of the input {input.Name} are evicted, and only a program has them.")
        : input.CountHolders() < Holders ? (ReproductionRefusal.InputNotHeld, string.Create(
            CultureInfo.InvariantCulture,
            $"{input.CountHolders()} of {Holders} sites hold the input {input.Name}. Copy it, and run `hutch evict --keep`."))
        : input.Root is null || input.Root != input.Version.Root
            ? (ReproductionRefusal.InputChanged, $"The version of {input.Name} that the run read is not one that sites hold.")
        : null;
}
