namespace Hutch.Commands.Verbs;

internal static class DatasetArgument
{
    internal static Argument<string> Required(string description = "The dataset, as NAME, OWNER/NAME or id.") =>
        new("dataset") { Description = description };

    /// <summary>A dataset; that of the working directory when it is not named.</summary>
    internal static Argument<string?> Optional(
        string description = "The dataset, as NAME, OWNER/NAME or id (default: that of the working directory).") =>
        new("dataset") { Description = description, Arity = ArgumentArity.ZeroOrOne };
}
