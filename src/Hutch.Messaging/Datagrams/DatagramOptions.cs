namespace Hutch.Messaging.Datagrams;

/// <summary>The receiver of spot finding results as datagrams: section <c>datagrams</c> of the configuration.</summary>
public sealed partial class DatagramOptions : IValidatableObject
{
    /// <summary>
    /// The receiver of a datagram `PIA:DCID:IMAGE:…` for each result row, `HOST:PORT` (UDP), such as the acquisition system of a beamline;
    /// see docs/operations/control-system.md. None is sent without it.
    /// </summary>
    public string? To { get; init; }

    /// <summary>True if datagrams are sent.</summary>
    [Browsable(false)]
    public bool IsOn => !string.IsNullOrWhiteSpace(To);

    internal string Host => Address().Match(To!).Groups["host"].Value.Trim('[', ']');

    internal int Port => int.Parse(Address().Match(To!).Groups["port"].Value, CultureInfo.InvariantCulture);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && (!Address().IsMatch(To!) || Port is 0 or > 65_535))
        {
            yield return new ValidationResult($"'to' is '{To}': write HOST:PORT.");
        }
    }

    [GeneratedRegex(@"^(?<host>[^:\s\[\]]+|\[[0-9A-Fa-f:.]+\]):(?<port>[0-9]{1,5})$")]
    private static partial Regex Address();
}
