namespace Hutch.Commands.Verbs.Runs;

/// <summary>Parameters of a step or a program as texts, which the server reads by its declarations.</summary>
internal sealed class ParameterTexts
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    internal Dictionary<string, JsonElement> Values => _values;

    /// <summary>Adds settings as <c>NAME=VALUE</c>.</summary>
    /// <exception cref="HutchException">One is of another form, or is there already.</exception>
    internal void Add(IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            int sign = setting.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1)
            {
                throw ErrorCode.BadRequest.With($"{Display.Quote(setting)} sets no parameter; write --parameter NAME=VALUE.").ToException();
            }

            Add(setting[..sign], setting[(sign + 1)..]);
        }
    }

    internal void Add(string name, string value)
    {
        if (!_values.TryAdd(name, JsonSerializer.SerializeToElement(value, HutchJson.Default.String)))
        {
            throw ErrorCode.BadRequest.With($"The parameter {Display.Quote(name)} is given twice.").ToException();
        }
    }
}
