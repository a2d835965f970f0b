using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Copies;

/// <summary>Describes the location of a dataset's bytes as text.</summary>
internal static class EvictionOutput
{
    /// <summary>Shows how far it is, and what each site says.</summary>
    /// <param name="isKept">True if it was asked for with the bytes of the home kept.</param>
    public static void Write(CliContext context, DatasetInfo dataset, EvictionInfo eviction, bool isKept = false)
    {
        if (context.Json)
        {
            context.PrintJson(eviction, HutchJson.Default.EvictionInfo);
            return;
        }

        if (eviction.Sites.Count > 0)
        {
            var table = new TextTable("SITE", "HOLDS", "");
            foreach (HolderInfo site in eviction.Sites)
            {
                table.Add(site.Site, site.Holds ? "yes" : "no", site.Problem ?? "");
            }

            context.Write(table, "");
        }

        context.WriteNote($"The bytes of {dataset.Name}: {Sentence(eviction, isKept)}");
        if (eviction.Problem is { } problem)
        {
            context.WriteNote(problem);
        }
    }

    /// <summary>
    /// The reasons why it does not continue, here and at sites. Empty if there are none, or if the user may not know them.
    /// </summary>
    public static IEnumerable<string> Reasons(EvictionInfo eviction) =>
    [
        .. eviction.Problem is { } here ? [here] : (string[])[],
        .. eviction.Sites.Where(static site => site.Problem is not null).Select(static site => $"{site.Site}: {site.Problem}"),
    ];

    public static string Sentence(EvictionInfo eviction, bool isKept = false) => eviction switch
    {
        { Reproduction: { } proved, State: "evicted" } => $"evicted, reproducible by `hutch rerun {proved.Run} --restore`.",
        { Reproduction: not null, State: "recalling" } => "evicted; a rerun has computed them again, and every file is compared.",
        { Reproduction: not null, State: "wanted" } => "at the home, and about to be evicted.",
        _ => SentenceOfHeld(eviction, isKept),
    };

    private static string SentenceOfHeld(EvictionInfo eviction, bool isKept) => eviction.State switch
    {
        "held" => $"at the home, and held by {Holders(eviction)}.",
        "wanted" => (isKept ? "kept at the home, and held once " : "freed once ")
            + (eviction.Holders > 1 ? $"{eviction.Holders} other sites have" : "another site has")
            + " verified its copy and promised to keep it.",
        "evicted" => $"held by {Holders(eviction)}, and read from there.",
        "recalling" => "on their way back to the home.",
        "freeing" => "at the home. The sites that were asked are told that they need not hold them.",
        _ => "at the home.",
    };

    private static string Holders(EvictionInfo eviction) =>
        string.Join(", ", eviction.Sites.Where(static site => site.Holds).Select(static site => site.Site));
}
