# A static binary on nothing: no shell, no package manager, not root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# What idp version, the log and idp_build_info say: the history stays outside.
#   docker build --build-arg VERSION=$(git describe --tags --always) .
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X idp/internal/app.version=$VERSION" -o /idp ./cmd/idp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /idp /idp
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/idp"]
CMD ["serve", "--config", "/etc/idp/idp.yaml"]
