package deploy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"idp/internal/config"
)

// The parts of the API that the manifests use. A key that is not here is a mistake,
// or belongs here first.
type meta struct {
	Name                string
	Labels, Annotations map[string]string
}

type object[S any] struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   meta
	Spec       S
	Data       map[string]string
}

type selector struct {
	MatchLabels map[string]string `yaml:"matchLabels"`
}

type probe struct {
	HTTPGet          struct{ Path, Port string } `yaml:"httpGet"`
	PeriodSeconds    int                         `yaml:"periodSeconds"`
	TimeoutSeconds   int                         `yaml:"timeoutSeconds"`
	FailureThreshold int                         `yaml:"failureThreshold"`
}

type container struct {
	Name, Image string
	Args        []string
	Env         []struct{ Name, Value string }
	Ports       []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	StartupProbe    probe `yaml:"startupProbe"`
	ReadinessProbe  probe `yaml:"readinessProbe"`
	LivenessProbe   probe `yaml:"livenessProbe"`
	Resources       struct{ Requests, Limits map[string]string }
	SecurityContext struct {
		AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop []string }
	} `yaml:"securityContext"`
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type pod struct {
	AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
	EnableServiceLinks            *bool `yaml:"enableServiceLinks"`
	TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
	TopologySpreadConstraints     []struct {
		MaxSkew           int      `yaml:"maxSkew"`
		TopologyKey       string   `yaml:"topologyKey"`
		WhenUnsatisfiable string   `yaml:"whenUnsatisfiable"`
		LabelSelector     selector `yaml:"labelSelector"`
	} `yaml:"topologySpreadConstraints"`
	SecurityContext struct {
		RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
		RunAsUser      int                   `yaml:"runAsUser"`
		RunAsGroup     int                   `yaml:"runAsGroup"`
		FSGroup        int                   `yaml:"fsGroup"`
		SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	Containers []container
	Volumes    []volume
}

type volume struct {
	Name      string
	ConfigMap struct{ Name string } `yaml:"configMap"`
	Secret    struct {
		SecretName  string `yaml:"secretName"`
		DefaultMode int    `yaml:"defaultMode"`
	}
}

type deployment struct {
	Replicas             int
	RevisionHistoryLimit int `yaml:"revisionHistoryLimit"`
	Selector             selector
	Strategy             struct {
		Type          string
		RollingUpdate struct {
			MaxUnavailable int `yaml:"maxUnavailable"`
			MaxSurge       int `yaml:"maxSurge"`
		} `yaml:"rollingUpdate"`
	}
	Template struct {
		Metadata meta
		Spec     pod
	}
}

const label = "app.kubernetes.io/name"

func TestDeployment(t *testing.T) {
	t.Parallel()
	var d object[deployment]
	decode(t, "kubernetes/deployment.yaml", &d)
	s, p := d.Spec, d.Spec.Template.Spec
	c := p.Containers[0]
	no := func(b *bool) bool { return b != nil && !*b }
	for what, ok := range map[string]bool{
		"kind":                      d.APIVersion == "apps/v1" && d.Kind == "Deployment" && d.Metadata.Name == "idp",
		"selector fits the pods":    s.Selector.MatchLabels[label] == "idp" && s.Template.Metadata.Labels[label] == "idp",
		"rolls without a gap":       s.Replicas >= 2 && s.Strategy.Type == "RollingUpdate" && s.Strategy.RollingUpdate.MaxUnavailable == 0 && s.Strategy.RollingUpdate.MaxSurge > 0,
		"time to finish":            p.TerminationGracePeriodSeconds >= 5+10+28,
		"no token of the cluster":   no(p.AutomountServiceAccountToken) && no(p.EnableServiceLinks),
		"not root, as the image":    p.SecurityContext.RunAsNonRoot && p.SecurityContext.RunAsUser == 65532 && strings.Contains(string(read(t, "../Dockerfile")), "USER 65532:65532"),
		"seccomp":                   p.SecurityContext.SeccompProfile.Type == "RuntimeDefault",
		"container is restricted":   no(c.SecurityContext.AllowPrivilegeEscalation) && c.SecurityContext.ReadOnlyRootFilesystem && slices.Equal(c.SecurityContext.Capabilities.Drop, []string{"ALL"}),
		"bounds":                    c.Resources.Limits["memory"] != "" && c.Resources.Requests["cpu"] != "" && c.Resources.Requests["memory"] != "",
		"readiness":                 c.ReadinessProbe.HTTPGet.Path == "/readyz" && c.ReadinessProbe.FailureThreshold == 1 && c.ReadinessProbe.PeriodSeconds <= 4,
		"liveness asks no database": c.LivenessProbe.HTTPGet.Path == "/healthz" && c.StartupProbe.HTTPGet.Path == "/healthz",
		"secrets are not for all":   p.Volumes[1].Secret.SecretName == "idp" && p.Volumes[1].Secret.DefaultMode == 0o440,
	} {
		if !ok {
			t.Errorf("%s: %+v", what, d)
		}
	}
	for _, m := range c.VolumeMounts {
		if !m.ReadOnly || !slices.ContainsFunc(p.Volumes, func(v volume) bool { return v.Name == m.Name }) {
			t.Errorf("mount %+v", m)
		}
	}
}

func TestServiceBudgetAndPolicy(t *testing.T) {
	t.Parallel()
	var service object[struct {
		Selector map[string]string
		Ports    []struct {
			Name       string
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
	}]
	decode(t, "kubernetes/service.yaml", &service)
	if service.Kind != "Service" || service.Spec.Selector[label] != "idp" || len(service.Spec.Ports) != 1 || service.Spec.Ports[0].TargetPort != "http" {
		t.Errorf("%+v", service)
	}
	var budget object[struct {
		MaxUnavailable int `yaml:"maxUnavailable"`
		Selector       selector
	}]
	decode(t, "kubernetes/disruption.yaml", &budget)
	if budget.APIVersion != "policy/v1" || budget.Spec.MaxUnavailable != 1 || budget.Spec.Selector.MatchLabels[label] != "idp" {
		t.Errorf("%+v", budget)
	}
	type port struct {
		Protocol string
		Port     int
	}
	var policy object[struct {
		PodSelector selector `yaml:"podSelector"`
		PolicyTypes []string `yaml:"policyTypes"`
		Ingress     []struct {
			From []struct {
				NamespaceSelector selector `yaml:"namespaceSelector"`
			}
			Ports []port
		}
		Egress []struct{ Ports []port }
	}]
	decode(t, "kubernetes/networkpolicy.yaml", &policy)
	if policy.Kind != "NetworkPolicy" || len(policy.Spec.PolicyTypes) != 2 || policy.Spec.PodSelector.MatchLabels[label] != "idp" {
		t.Errorf("%+v", policy)
	}
	for _, in := range policy.Spec.Ingress {
		if len(in.From) == 0 || len(in.Ports) != 1 || len(in.From[0].NamespaceSelector.MatchLabels) == 0 {
			t.Errorf("everybody may come in: %+v", in)
		}
	}
}

func TestKustomization(t *testing.T) {
	t.Parallel()
	var k struct {
		APIVersion      string `yaml:"apiVersion"`
		Kind, Namespace string
		Resources       []string
		Images          []struct {
			Name    string
			NewName string `yaml:"newName"`
			NewTag  string `yaml:"newTag"`
		}
	}
	decode(t, "kubernetes/kustomization.yaml", &k)
	files, _ := filepath.Glob("kubernetes/*.yaml")
	for _, f := range files {
		if name := filepath.Base(f); name != "kustomization.yaml" && !slices.Contains(k.Resources, name) {
			t.Errorf("%s is not applied", name)
		}
	}
	if len(k.Resources) != len(files)-1 || k.Images[0].NewTag == "" || k.Images[0].NewTag == "latest" {
		t.Errorf("%+v", k)
	}
	var n object[struct{}]
	decode(t, "kubernetes/namespace.yaml", &n)
	if n.Metadata.Name != k.Namespace || n.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Errorf("%+v", n)
	}
}

// The configuration in the ConfigMap is one, and names files that the mounts bring.
func TestConfigMap(t *testing.T) {
	t.Parallel()
	var m object[struct{}]
	decode(t, "kubernetes/configmap.yaml", &m)
	dir := t.TempDir()
	for name, value := range map[string]string{
		"root": strings.Repeat("s", 44), "database": "postgres://idp:x@postgres.idp.svc:5432/idp", "smtp": "x", "notes": strings.Repeat("n", 44),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Parse("idp.yaml", []byte(strings.ReplaceAll(m.Data["idp.yaml"], "/run/secrets/idp", dir)), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Admin.On() || cfg.ShutdownDelay.Std() < 3e9 || len(cfg.Proxies) == 0 {
		t.Errorf("%+v", cfg)
	}
}
