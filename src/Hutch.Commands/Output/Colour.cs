namespace Hutch.Commands.Output;

/// <summary>Colours of a terminal, as the parameters of its escape sequence.</summary>
internal static class Colour
{
    internal const string Problem = "1;31";
    internal const string Warning = "33";

    /// <summary>A text in a colour; the text itself has no escape sequences.</summary>
    internal static string Of(string text, string colour) => $"\e[{colour}m{text}\e[0m";
}
