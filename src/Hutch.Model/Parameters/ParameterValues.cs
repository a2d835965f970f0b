using System.Buffers;

namespace Hutch.Model.Parameters;

/// <summary>Parameter values of one run: validated against the declaration, with defaults filled in.</summary>
public sealed class ParameterValues
{
    private readonly IParametrised _owner;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    private ParameterValues(IParametrised owner)
    {
        _owner = owner;
    }

    /// <summary>Validates given values; the error names the offending parameter.</summary>
    public static Result<ParameterValues> Check(IParametrised owner, IEnumerable<KeyValuePair<string, JsonElement>> given)
    {
        var values = new ParameterValues(owner);
        foreach ((string name, JsonElement value) in given.Where(pair => pair.Value.ValueKind != JsonValueKind.Null))
        {
            if (owner.Parameters.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
            {
                string known = owner.Parameters.Count == 0
                    ? "It has none."
                    : $"It has {string.Join(", ", owner.Parameters.Select(known => known.Name))}.";
                return ErrorCode.Unprocessable.With($"The {owner.What} has no parameter {Display.Quote(name)}. {known}");
            }

            if (!parameter.Check(value).TryGet(out JsonElement element, out HutchError? wrong))
            {
                return wrong;
            }

            if (!values._values.TryAdd(name, element))
            {
                return ErrorCode.Unprocessable.With($"The parameter {name} is given twice.");
            }
        }

        return values.Complete();
    }

    /// <summary>Reads the values stored in a run; ignores members that are not parameters.</summary>
    public static Result<ParameterValues> Read(IParametrised owner, JsonElement? stored)
    {
        return Check(owner, stored is { ValueKind: JsonValueKind.Object } element
            ? element.EnumerateObject()
                .Where(member => owner.Parameters.Any(parameter => parameter.Name == member.Name))
                .Select(member => KeyValuePair.Create(member.Name, member.Value))
            : []);
    }

    public double? Number(string name) => Find(name) is { } value ? value.GetDouble() : null;

    /// <summary>An integer; null if unset.</summary>
    public long? WholeNumber(string name) => Find(name) is { } value ? value.GetInt64() : null;

    public string? Text(string name) => Find(name)?.GetString();

    public bool? Boolean(string name) => Find(name)?.GetBoolean();

    /// <summary>The values that are set, in order of declaration.</summary>
    public IEnumerable<(ParameterDeclaration Parameter, JsonElement Value)> Set =>
        _owner.Parameters.Where(parameter => _values.ContainsKey(parameter.Name)).Select(parameter => (parameter, _values[parameter.Name]));

    public IEnumerable<(ParameterDeclaration Parameter, JsonElement Value)> Unusual =>
        Set.Where(set => UsualOf(set.Parameter) is not { } usual || !JsonElement.DeepEquals(set.Value, usual));

    /// <summary>Writes the values that are set into an object the caller has started.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        foreach ((ParameterDeclaration parameter, JsonElement value) in Set)
        {
            json.WritePropertyName(parameter.Name);
            value.WriteTo(json);
        }
    }

    /// <summary>Returns the values that are set, as an object.</summary>
    public JsonElement ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteTo(json);
            json.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private Result<ParameterValues> Complete()
    {
        foreach (ParameterDeclaration parameter in _owner.Parameters)
        {
            if (UsualOf(parameter) is { } value)
            {
                _values.TryAdd(parameter.Name, value);
            }
        }

        return _owner.CheckTogether?.Invoke(this) is { } wrong ? wrong : this;
    }

    private JsonElement? UsualOf(ParameterDeclaration parameter)
    {
        string preset = _values.TryGetValue(ParameterDeclaration.Preset, out JsonElement chosen) ? chosen.GetString()! : "";
        return parameter.Presets is { } presets && presets.TryGetValue(preset, out JsonElement value) ? value : parameter.Default;
    }

    // An undeclared name is a bug in what reads it.
    private JsonElement? Find(string name) =>
        _owner.Parameters.Any(parameter => parameter.Name == name) ? _values.TryGetValue(name, out JsonElement value) ? value : null
        : throw new ArgumentException($"The {_owner.What} declares no parameter '{name}'.", nameof(name));
}
