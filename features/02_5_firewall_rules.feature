@guide-2.5 @readiness @probe
Feature: 2.5 Firewall rules
  The firewall should allow traffic from any port on those IP addresses using the protocol that
  corresponds to the chosen transport protocol.

  Scenario: SIP comes through from any port
    When the PBX is asked from several ports
    Then it answers to any port
