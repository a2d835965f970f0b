using System.CommandLine;

namespace Hutch.Cli.Verbs;

/// <summary>The arguments that name a dataset.</summary>
internal static class DatasetArgument
{
    /// <summary>A dataset that must be named.</summary>
    internal static Argument<string> Required(string description = "The dataset, as NAME, OWNER/NAME or id.") =>
        new("dataset") { Description = description };

    /// <summary>A dataset; that of the working directory when it is not named.</summary>
    internal static Argument<string?> Optional(
        string description = "The dataset, as NAME, OWNER/NAME or id (default: that of the working directory).") =>
        new("dataset") { Description = description, Arity = ArgumentArity.ZeroOrOne };
}
