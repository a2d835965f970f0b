using System.Text.Encodings.Web;

namespace Hutch.Cli.Configuration;

internal static class ConfigValue
{
    /// <summary>Parses a text as the type of an option; <paramref name="problem"/> describes the expected value.</summary>
    public static object? Parse(ConfigNode node, string text, out string? problem)
    {
        problem = null;
        Type type = node.Type;
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(bool))
        {
            return text is "true" or "false" ? text == "true" : Wrong("true or false", out problem);
        }

        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : Wrong("a number", out problem);
        }

        if (type == typeof(Uri))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                ? uri
                : Wrong("a URL that starts with https:// or http://", out problem);
        }

        if (type.IsEnum)
        {
            return Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse(type, name)
                : Wrong("one of " + string.Join(", ", Enum.GetNames(type).Select(Camel)), out problem);
        }

        return ParseWhole(node, text, out problem);
    }

    public static string Write(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        Enum name => Camel(name.ToString()),
        string text => IsPlain(text) ? text : JsonText(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static object? ParseWhole(ConfigNode node, string text, out string? problem)
    {
        problem = null;
        bool isSize = node.Name.EndsWith("bytes", StringComparison.OrdinalIgnoreCase);
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if ((isSize ? ByteSize.TryParse(digits) : TryWhole(digits)) is not { } whole)
        {
            return Wrong(isSize ? $"a size in bytes: {ByteSize.Form}" : "a whole number", out problem);
        }

        if (node.Type == typeof(int) && whole is > int.MaxValue or < int.MinValue)
        {
            return Wrong("a smaller number", out problem);
        }

        return node.Type == typeof(int) ? (object)(int)whole : whole;
    }

    private static long? TryWhole(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static object? Wrong(string expected, out string problem)
    {
        problem = $"expected {expected}";
        return null;
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':' or '@' or '+')
        && !text.EndsWith(':') && text is not ("~" or "null" or "true" or "false" or "yes" or "no") && !(text[0] is '-' or '@' or '.');

    private static string JsonText(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
