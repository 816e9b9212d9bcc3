@guide-2.1 @readiness @probe
Feature: 2.1 Important notes to network administrators
  If your firewall supports SIP ALG, we strongly recommend disabling this. Certain network
  routers and switches may have a problem handling fragmented UDP packets.

  Scenario: No SIP ALG rewrites what is sent
    When a request with marks in its headers is sent to the PBX
    Then the marks come back as they were sent

  Scenario: Fragmented UDP reaches the PBX and comes back
    When requests of 1200 to 6000 bytes are sent to the PBX
    Then fragmented UDP packets come through
