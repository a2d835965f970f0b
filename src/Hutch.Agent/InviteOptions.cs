namespace Hutch.Agent;

/// <summary>The invite that the agent makes with each dataset, for the people who measured it.</summary>
public sealed class InviteOptions
{
    /// <summary>The granted right: `view`, `read`, `derive`, `write` or `manage`.</summary>
    [Required]
    public string Right { get; init; } = "read";

    /// <summary>Time for which it can be accepted, such as `90d`; at most `36500d`.</summary>
    [Required]
    public string Life { get; init; } = "90d";

    /// <summary>The number of accounts that can accept it.</summary>
    [Range(1, 1000)]
    public int Uses { get; init; } = 20;
}
