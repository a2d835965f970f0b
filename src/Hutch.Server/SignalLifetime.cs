using System.Runtime.InteropServices;

namespace Hutch.Server;

/// <summary>Stops the host gracefully on SIGTERM, SIGINT and SIGQUIT; without a host to stop they are left alone.</summary>
internal sealed class SignalLifetime(IHostApplicationLifetime? application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        if (application is not null)
        {
            foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Stop(application, context)));
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private static void Stop(IHostApplicationLifetime application, PosixSignalContext signal)
    {
        signal.Cancel = true;
        application.StopApplication();
    }
}
