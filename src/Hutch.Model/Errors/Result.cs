using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model;

/// <summary>A value, or the reason why there is none. Used where a refusal is an ordinary outcome.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Result<T>
{
    private readonly T _value;

    private Result(T value, HutchError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The refusal, or null when there is a value.</summary>
    public HutchError? Error { get; }

    /// <summary>Whether the operation succeeded.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    /// <summary>The value. Throws <see cref="HutchException"/> when there is none: ask <see cref="IsOk"/> first.</summary>
    public T Value => Error is null ? _value : throw Error.ToException();

    /// <summary>Splits the result: true with the value, false with the error.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out HutchError? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }

    /// <summary>Applies <paramref name="next"/> to the value, or passes the error on.</summary>
    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next) => Error is null ? next(_value) : Error;

    /// <summary>Wraps a value; for interface types, which C# converts to nothing implicitly.</summary>
    public static Result<T> Ok(T value) => new(value, null);

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Result<T>(HutchError error) => new(default!, error);
}

/// <summary>The value of an operation that has nothing to return but its success.</summary>
public readonly record struct Done
{
    /// <summary>The only value.</summary>
    public static Done Value => default;
}
