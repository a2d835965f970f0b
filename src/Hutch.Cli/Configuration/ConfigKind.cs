namespace Hutch.Cli.Configuration;

/// <summary>What may stand at a place of the configuration.</summary>
internal enum ConfigKind
{
    /// <summary>Options below it.</summary>
    Section,

    /// <summary>One value.</summary>
    Value,

    /// <summary>A list of values.</summary>
    ValueList,

    /// <summary>A list of sections.</summary>
    SectionList,
}
