namespace Hutch.Messaging.Tests.Conformance;

/// <summary>A bus with what the suite needs to disturb it.</summary>
public interface IBusUnderTest : IAsyncDisposable
{
    /// <summary>The bus. Another one after a restart.</summary>
    IMessageBus Bus { get; }

    /// <summary>Something happens at the site.</summary>
    Task HappenAsync(string topic, string? dataset, string body);

    /// <summary>The process ends without a word and starts again: what it knew in memory is gone.</summary>
    Task CrashAsync();
}
