using System.Net.Http.Headers;

namespace Hutch.Client.Http;

/// <summary>
/// Adds the token of a login that is made, or renewed, when a request needs it. The connection is made after the first login, because
/// that also says which certificate to trust.
/// </summary>
internal sealed class LoginHandler(Login login, Func<ServerTrust?, HttpMessageHandler> connect, TimeProvider time) : DelegatingHandler
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile State? _state;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LoginToken? token = _state is { } state && !state.IsDue(time)
            ? state.Token
            : await LogInAsync(refused: null, cancellationToken);
        Authorize(request, token);
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || token is null || request.Content is not null
            || await LogInAsync(token.Text, cancellationToken) is not { } renewed || renewed.Text == token.Text)
        {
            return response;
        }

        response.Dispose();
        Authorize(request, renewed);
        return await base.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void Authorize(HttpRequestMessage request, LoginToken? token) =>
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token.Text);

    private async Task<LoginToken?> LogInAsync(string? refused, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            // Of requests that wait for each other, the first logs in for all.
            if (_state is { } state && !state.IsDue(time) && (refused is null || state.Token?.Text != refused))
            {
                return state.Token;
            }

            LoginToken? token = await login(refused, ct);
            InnerHandler ??= connect(token?.Trust);
            _state = new State(token);
            return token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <param name="Token">The token of the login; null where none could be had, which stays so for this command.</param>
    private sealed record State(LoginToken? Token)
    {
        public bool IsDue(TimeProvider time) => Token?.RenewAt <= time.GetUtcNow();
    }
}
