namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A server that the tests of one class share, which administrate it.</summary>
public sealed class ClassServer : IAsyncLifetime
{
    internal Installation Installation { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Installation = await Installation.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Installation.DisposeAsync();
}
