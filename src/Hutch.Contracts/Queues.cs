namespace Hutch.Contracts;

/// <summary>The dead letters of a queue: messages that another queue gave up.</summary>
public sealed record DeadLetterList
{
    /// <summary>Dead letters in the queue.</summary>
    public required long Total { get; init; }

    /// <summary>The oldest of them.</summary>
    public required IReadOnlyList<DeadLetterInfo> Items { get; init; }
}

/// <summary>A dead letter, bounded. Passwords, tokens and other values that look secret are hidden.</summary>
public sealed record DeadLetterInfo
{
    /// <summary>The queue that gave it up.</summary>
    public string? Queue { get; init; }

    /// <summary>Reason why it was given up.</summary>
    public string? Reason { get; init; }

    /// <summary>Deliveries before that.</summary>
    public int? Attempts { get; init; }

    /// <summary>Its other headers, at most 50.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Size of the message.</summary>
    public required long Bytes { get; init; }

    /// <summary>The first 2000 characters of the message.</summary>
    public required string Text { get; init; }
}

/// <summary>Dead letters that were deleted.</summary>
public sealed record DrainedLetters
{
    public required long Deleted { get; init; }
}

/// <summary>Dead letters that were sent again.</summary>
public sealed record ResentLettersInfo
{
    public required long Sent { get; init; }

    /// <summary>Dead letters that are still in the queue.</summary>
    public required long Left { get; init; }
}
